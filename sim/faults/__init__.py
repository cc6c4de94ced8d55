"""Faults: what breaks, when, and when it is healed. One file of this folder has one kind of fault.

A kind is found by being here: every class of a file here with a `kind` of its own takes part in
scenarios (`AnyFault`), runs, stories, hunts and reports. `base` says what it has to bring.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias, Union

from pydantic import Field

from sim.faults.base import Fault, Form

__all__ = ["FORMS", "KINDS", "AnyFault", "Fault", "Form"]


def _found() -> dict[str, type[Fault]]:
    """Every kind of fault by its name, in the order of the files' names."""
    modules = [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__)]
    classes = [
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Fault) and one.__module__ == module.__name__
    ]
    kinds = {one: getattr(one.model_fields["kind"].annotation, "__args__", ()) for one in classes}
    return {names[0]: one for one, names in kinds.items() if names}


KINDS: Final[dict[str, type[Fault]]] = _found()
"""Kind -> its class."""
FORMS: Final[dict[str, tuple[type[Fault], Form]]] = {
    form.name: (kind, form)
    for form, kind in sorted(
        ((form, kind) for kind in KINDS.values() for form in kind.forms()),
        key=lambda pair: pair[0].rank,
    )
}
"""Class of faults in a hunt -> kind and form; simpler ones first."""

if TYPE_CHECKING:
    AnyFault: TypeAlias = Fault
else:
    AnyFault = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007
