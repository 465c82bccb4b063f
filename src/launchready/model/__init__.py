"""What launchready talks about: frozen dataclasses and closed unions, standard library only.

Nothing in here has an effect. Import from the modules (`launchready.model.outcome`), not from here.
"""
