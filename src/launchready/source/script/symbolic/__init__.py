"""What set-up code makes, and what guards do, told by going through the code with what is known: a small interpreter.

It runs nothing: it knows texts, lists, objects, functions and classes of the repository, follows imports and calls,
takes both branches where a condition is not known, and stops at bounds. Frameworks hang in their own values (`Native`).
"""
