"""infra/ against Microsoft's types of Azure's resources."""

from pathlib import Path

import pytest

from tests.infra.bicep import bicep_files, problems, with_types


@with_types
@pytest.mark.parametrize("path", bicep_files(), ids=lambda path: "/".join(path.parts[-2:]))
def test_the_types_and_names_of_azure_allow_it(path: Path) -> None:
    assert problems(path) == []
