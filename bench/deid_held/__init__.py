"""Texts held apart: the screen is measured on them and never made with them.

Nothing under app/, scripts/ or tests/deid may read this folder, and who works on the screen does not look
into it.
"""
