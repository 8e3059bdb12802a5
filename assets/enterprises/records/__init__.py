"""Records: what each register says of an enterprise, in one shape.

Belongs here: which column of a register is name, number, address or point, and what the
texts are read as. Does not belong here: which records are the same enterprise
(`assets.enterprises.linkage`) and where a site is taken to be (`assets.enterprises.claims`).
"""

from __future__ import annotations

from assets.enterprises.records.addresses import record_addresses
from assets.enterprises.records.read import register_records, rows_of
from assets.enterprises.records.registers import REGISTERS, Place, Register

__all__ = ["REGISTERS", "Place", "Register", "record_addresses", "register_records", "rows_of"]
