"""Small private files. What a file is, its first bytes say; its name and claimed type do not."""

import re
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Response, UploadFile
from fastapi import File as FileField
from sqlalchemy import func, select

from agora.dependencies import Own, Paging, Parts
from agora.errors import Problem
from agora.models import Upload
from agora.policies import Action
from agora.schemas.base import Page
from agora.schemas.private import UploadView

router = APIRouter(prefix="/uploads", tags=["uploads"])

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


def sniff(content: bytes) -> str | None:
    """The type of a file that we accept, or nothing."""
    for start, content_type in SIGNATURES:
        if content.startswith(start):
            return content_type
    try:
        decoded = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain" if decoded.isprintable() or _only_text(decoded) else None


def _only_text(decoded: str) -> bool:
    return all(c.isprintable() or c in "\n\r\t" for c in decoded) and "<" not in decoded


def safe_name(name: str | None) -> str:
    """A harmless file name: no directories, no controls, at most 120 characters."""
    last = re.split(r"[\\/]", name or "")[-1]
    return re.sub(r"[^\w.-]+", "_", last)[-120:].lstrip(".") or "file"


@router.post("", status_code=201, response_model=UploadView)
def create_upload(
    file: Annotated[UploadFile, FileField(description="PNG, JPEG, GIF, PDF or plain text.")],
    records: Own,
    parts: Parts,
) -> Upload:
    """Store a private file."""
    content = file.file.read(parts.settings.max_upload_bytes + 1)
    if len(content) > parts.settings.max_upload_bytes:
        raise Problem(413, "The file is too large.")
    content_type = sniff(content) if content else None
    if content_type is None:
        raise Problem(415, "Only PNG, JPEG, GIF, PDF and plain text can be stored.")
    mine = select(func.count()).where(Upload.owner_id == records.me.id)
    if (records.db.scalar(mine) or 0) >= parts.settings.max_uploads:
        raise Problem(409, "You have too many files. Delete some first.")
    return records.add(
        Upload(
            owner_id=records.me.id,
            filename=safe_name(file.filename),
            content_type=content_type,
            size=len(content),
            content=content,
        )
    )


@router.get("", response_model=Page[UploadView])
def list_uploads(records: Own, paging: Paging) -> dict[str, Any]:
    """Your files."""
    return records.page(Upload, paging)


@router.get("/{upload_id}", response_model=UploadView)
def read_upload(upload_id: uuid.UUID, records: Own) -> Upload:
    """What is known of one of your files."""
    return records.get(Upload, Action.READ, upload_id)


@router.get(
    "/{upload_id}/content",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def download_upload(upload_id: uuid.UUID, records: Own) -> Response:
    """One of your files, always as a download."""
    found = records.get(Upload, Action.READ, upload_id)
    disposition = f'attachment; filename="{found.filename.encode("ascii", "replace").decode()}"'
    return Response(
        found.content,
        media_type=found.content_type,
        headers={"Content-Disposition": disposition},
    )


@router.delete("/{upload_id}", status_code=204)
def delete_upload(upload_id: uuid.UUID, records: Own) -> None:
    """Delete one of your files."""
    records.remove(records.get(Upload, Action.DELETE, upload_id))
