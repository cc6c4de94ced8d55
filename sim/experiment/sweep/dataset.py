"""Finished cells as a Parquet dataset, one file a cell, wherever fsspec can put it.

A file is put whole: on this machine beside its place and then renamed, elsewhere as one object. Its
name is the cell's digest, its content depends on nothing else, so whoever puts it twice puts the
same bytes. What cannot be read, or is not what was put, counts as not there.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sim.errors import InputError
from sim.files import leftovers, reading, writing
from sim.metrics import METRICS, Measure
from sim.metrics.judged import number

SUFFIX: Final = ".parquet"
KEPT: Final = ("design", "replication", "digest", "intended", "drained", "metrics", "facts",
               "samples", "conservation")  # fmt: skip
"""Of a measure; what only a report of one point draws is left out."""


def packed(cell: str, seed: int, measure: Measure) -> bytes:
    """One finished cell as a Parquet file: a row with every figure, and what intervals need."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = json.dumps({name: measure[name] for name in KEPT if name in measure}, allow_nan=False)
    columns = {
        "cell": pa.array([cell]),
        "design": pa.array([measure["design"]]),
        "replication": pa.array([measure["replication"]], pa.int64()),
        "seed": pa.array([seed], pa.uint64()),
        **{one.name: pa.array([number(measure["metrics"][one.name])], pa.float64())
           for one in METRICS},
        "measure": pa.array([kept]),
        "checksum": pa.array([_checksum(cell, kept)]),
    }  # fmt: skip
    made = io.BytesIO()
    pq.write_table(
        pa.table(columns), made, compression="zstd", write_page_checksum=True,
        use_dictionary=False, write_statistics=False,
    )  # fmt: skip
    return made.getvalue()


def unpacked(cell: str, content: bytes) -> Measure | None:
    """What was packed; None when it is not that."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        kept_in = ["cell", "measure", "checksum"]
        [row] = opened.read(columns=kept_in, use_threads=False).to_pylist()
        kept = row["measure"]
        if row["cell"] != cell or row["checksum"] != _checksum(cell, kept):
            return None
        found: Measure = json.loads(kept)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
        return None
    return found


def _checksum(cell: str, kept: str) -> str:
    return sha256(f"{cell}\n{kept}".encode()).hexdigest()


@dataclass(frozen=True)
class Dataset:
    """The cells at one place: a folder, or a URL such as `memory://sweeps` or `s3://bucket/sweeps`.

    Raises OSError from all it does when the place cannot be read or written.
    """

    place: str

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """fsspec's file system and the folder there. Raises `InputError`."""
        import fsspec

        try:
            system, folder = fsspec.core.url_to_fs(self.place)
        except ImportError as error:
            raise InputError([f"--store {self.place}: {error}"]) from None
        except ValueError as error:
            allowed = "allowed: a folder, or a URL that fsspec knows, as s3://bucket/folder"
            raise InputError([f"--store {self.place}: {error}; {allowed}"]) from None
        return system, folder

    @property
    def folder(self) -> Path | None:
        """Where it is on this machine; None elsewhere."""
        system, folder = self._opened
        return Path(folder) if "file" in _protocols(system) else None

    def require_known(self) -> None:
        """Raises `InputError` for a URL that nothing here can open."""
        _ = self._opened

    def prepare(self) -> None:
        """Make the place, and clear what killed commands left there."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            leftovers.sweep(self.folder)
            return
        system, folder = self._opened
        _told(self.place, lambda: system.makedirs(folder, exist_ok=True))

    def cells(self) -> dict[str, None]:
        """Digests of all cells there, in order."""
        system, folder = self._opened
        if self.folder is not None:
            found = [one.name for one in self.folder.iterdir()]
        else:
            found = _told(self.place, lambda: [Path(one).name for one in system.find(folder)])
        return dict.fromkeys(one.removesuffix(SUFFIX) for one in sorted(found)
                             if one.endswith(SUFFIX) and not one.startswith("."))  # fmt: skip

    def put(self, cell: str, content: bytes) -> None:
        """Store one cell, whole or not at all."""
        if self.folder is not None:
            writing.replace(self.folder / f"{cell}{SUFFIX}", content)
            return
        system, folder = self._opened
        _told(self.place, lambda: system.pipe_file(f"{folder}/{cell}{SUFFIX}", content))

    def get(self, cell: str) -> Measure | None:
        """What was measured in a cell; None when it is not there, or not as it was put there."""
        content = self._content(f"{cell}{SUFFIX}")
        return None if content is None else unpacked(cell, content)

    def _content(self, name: str) -> bytes | None:
        if self.folder is not None:
            try:
                return reading.read_bytes(self.folder / name, links=False)
            except InputError:
                return None
        system, folder = self._opened
        try:
            content: bytes = system.cat_file(f"{folder}/{name}")
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _elsewhere(self.place, error) from error
        return content


def _protocols(system: Any) -> tuple[str, ...]:
    told = system.protocol
    return (told,) if isinstance(told, str) else tuple(told)


def _told(place: str, do: Any) -> Any:
    try:
        return do()
    except Exception as error:
        raise _elsewhere(place, error) from error


def _elsewhere(place: str, error: Exception) -> OSError:
    """What went wrong at a place whose library has errors of its own, as the system would say."""
    if isinstance(error, OSError) and error.strerror:
        return error
    words = str(error).partition("\n")[0] or type(error).__name__
    return OSError(getattr(error, "errno", None) or 5, words, place)


def flat(measure: Measure) -> Mapping[str, float | None]:
    """Every figure as one number."""
    return {one.name: number(measure["metrics"][one.name]) for one in METRICS}
