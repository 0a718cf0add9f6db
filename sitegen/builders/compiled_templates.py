"""Templates compiled by Jinja, kept between builds."""

import jinja2
from jinja2.bccache import Bucket

from sitegen.common.cache import Cache

__all__ = ["CompiledTemplates"]


class CompiledTemplates(jinja2.BytecodeCache):
    """Takes the place of Jinja's own cache in a folder, which cannot tell that a file is damaged."""

    def __init__(self) -> None:
        self.cache = Cache("templates", packages=["jinja2"])

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template, if it has been compiled from the same source."""
        found = self.cache.find([bucket.key, bucket.checksum])
        if found is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        self.cache.write([bucket.key, bucket.checksum], bucket.bytecode_to_string())
