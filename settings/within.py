"""A number within a limit of Google Cloud or Kubernetes."""

from dataclasses import dataclass

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from private_line.limits import Limit


@dataclass(frozen=True)
class Within:
    """Metadata for pydantic: checks a limit, and writes it into the JSON schema for editors.

    Attributes:
        limit: the limit.
    """

    limit: Limit

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check the number after its type."""
        return core_schema.no_info_after_validator_function(self.limit.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add both ends."""
        return {**handler(schema), "minimum": self.limit.least, "maximum": self.limit.most}
