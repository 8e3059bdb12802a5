"""How a JavaScript module that holds nothing but one JSON value begins and ends."""

import re

_NAME = r"[\w$]+"
# Possessive, so that no text makes the search go back over it again and again.
_BLANKS = r"(?:\s|//[^\n]*\n|/\*(?>.*?\*/))*+"

SCRIPT = re.compile(
    rf"{_BLANKS}(?:"
    rf"(?:export\s+)?(?:var|let|const)\s+{_NAME}\s*="
    rf"|(?:module\.)?exports(?:\.{_NAME})?\s*="
    rf"|export\s+default\b){_BLANKS}",
    re.DOTALL,
)
# What may follow the value: names handed on, nothing that could change the value.
SCRIPT_END = re.compile(
    rf"\s*;?{_BLANKS}(?:"
    rf"export\s*\{{\s*{_NAME}\s*,?\s*\}}|export\s+default\s+{_NAME}"
    rf"|module\.exports\s*=\s*(?:{_NAME}|\{{\s*{_NAME}\s*,?\s*\}}))?\s*;?{_BLANKS}",
    re.DOTALL,
)
