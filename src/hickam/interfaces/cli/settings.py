"""``hickam settings``: show the choices, make one, or forget it."""

from __future__ import annotations

import argparse

from hickam.services.settings import SETTINGS, chosen, remember, setting_named, settings_file


def settings_command(options: argparse.Namespace) -> int:
    """Without a name: every setting with its value. With a name and a value: remember it."""
    if options.name is None:
        width = max(len(name) for name in SETTINGS)
        for name, item in SETTINGS.items():
            print(f"{name:<{width}}  {chosen(name) or '(none)':<12} {item.help} ({item.variable})")
        print(f"kept in {settings_file()}")
        return 0
    if options.value is None and not options.forget:
        print(chosen(setting_named(options.name).name))
        return 0
    path = remember(options.name, None if options.forget else options.value)
    print(f"{options.name} = {chosen(options.name) or '(none)'}, kept in {path}")
    return 0
