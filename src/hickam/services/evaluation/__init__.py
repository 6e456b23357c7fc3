"""How good the answers are: on files of cases with known diagnoses, and on patients simulated from the pack."""
