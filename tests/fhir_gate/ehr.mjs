// A record system that launches apps: oidc-provider (a certified OAuth 2 server by others) lets people in, with PKCE, state and
// redirect address checked by it; behind it a FHIR server by others, reached only with a token of the launch's patient.
// usage: node ehr.mjs PORT FHIR_BASE REDIRECT_URI PATIENT [TOKEN_SECONDS [CLIENT_KEYS]]. The clinician of this system always says
// yes. CLIENT_KEYS: the public keys (JWK Set) of a second client, hickam-keyed, that signs its requests (private_key_jwt).
import http from 'node:http';
import Provider from 'oidc-provider';

const [port, fhir, redirect, patient, seconds = '300', keys = ''] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;
const iss = `${origin}/fhir`;
const launches = new Map([['visit-42', patient]]);
const scopes = ['openid', 'fhirUser', 'launch', 'launch/patient', 'patient/Patient.rs', 'patient/Observation.rs', 'patient/Condition.rs',
  'patient/MedicationRequest.rs', 'patient/MedicationStatement.rs', 'patient/AllergyIntolerance.rs', 'patient/Encounter.rs',
  'patient/DocumentReference.c'];

const client = {
  client_id: 'hickam', redirect_uris: [redirect], response_types: ['code'], token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'], application_type: 'native',
};
const keyed = {
  ...client, client_id: 'hickam-keyed', token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES384',
  jwks: keys && JSON.parse(keys),
};

const provider = new Provider(`${origin}/oauth`, {
  clients: [client, ...(keys ? [keyed] : [])],
  claims: { fhirUser: ['fhirUser'] },
  conformIdTokenClaims: false,
  enabledJWA: { clientAuthSigningAlgValues: ['ES384', 'RS384'] },
  scopes, extraParams: ['aud', 'launch'],
  pkce: { required: () => true, methods: ['S256'] },
  issueRefreshToken: async () => true,
  ttl: { AccessToken: Number(seconds), AuthorizationCode: 60, RefreshToken: 3600, Interaction: 60, Grant: 3600, Session: 3600 },
  features: { devInteractions: { enabled: false } },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, fhirUser: `${iss}/Practitioner/${id}` }) }),
  interactions: { url: (ctx, interaction) => `/oauth/say-yes/${interaction.uid}` },
  cookies: { keys: ['only for a test'] },
});

provider.use(async (ctx, next) => {
  if (ctx.path === '/auth' && ctx.method === 'GET' && ctx.query.aud !== iss) {
    ctx.status = 400;
    ctx.body = 'aud is not this FHIR server';
    return;
  }
  if (ctx.path === '/auth' && ctx.query.launch && !launches.has(ctx.query.launch)) {
    ctx.status = 400;
    ctx.body = 'no such launch';
    return;
  }
  await next();
  if (ctx.path === '/token' && ctx.body?.access_token) ctx.body.patient = patient;
});

async function sayYes(request, response) {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'clinician' } }, { mergeWithLastSubmission: false });
  }
  const grant = new provider.Grant({ accountId: 'clinician', clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  return provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
}

async function record(request, response) {
  const token = await provider.AccessToken.find((request.headers.authorization ?? '').replace(/^Bearer /, ''));
  const path = request.url.slice('/fhir'.length);
  const about = path.includes(patient) || request.method === 'POST';
  if (!token || !about) {
    response.writeHead(token ? 403 : 401).end();
    return;
  }
  const body = request.method === 'POST' ? await new Response(request).text() : undefined;
  const answer = await fetch(fhir + path, { method: request.method, body, headers: { accept: 'application/fhir+json', 'content-type': 'application/fhir+json' } });
  response.writeHead(answer.status, { 'content-type': 'application/fhir+json' }).end((await answer.text()).replaceAll(fhir, iss));
}

http.createServer(async (request, response) => {
  try {
    if (request.url === '/fhir/.well-known/smart-configuration') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({
        issuer: `${origin}/oauth`, authorization_endpoint: `${origin}/oauth/auth`, token_endpoint: `${origin}/oauth/token`, jwks_uri: `${origin}/oauth/jwks`,
        grant_types_supported: ['authorization_code'], code_challenge_methods_supported: ['S256'], scopes_supported: scopes,
        capabilities: ['launch-ehr', 'launch-standalone', 'client-public', 'client-confidential-asymmetric', 'sso-openid-connect', 'context-ehr-patient', 'permission-patient', 'permission-v2'],
      }));
    } else if (request.url.startsWith('/oauth/say-yes/')) {
      await sayYes(request, response);
    } else if (request.url.startsWith('/oauth')) {
      request.originalUrl = request.url;
      request.url = request.url.slice('/oauth'.length);
      provider.callback()(request, response);
    } else if (request.url.startsWith('/fhir')) {
      await record(request, response);
    } else {
      response.writeHead(404).end();
    }
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
