"""AUTH-16: objects of other types, by any form of their id."""

import uuid

from fastapi import Response
from sqlalchemy import select

from agora.dependencies import Own
from agora.errors import not_found
from agora.models import Address, Collection, CollectionItem, Report, SavedSearch, Upload
from agora.policies import Action
from agora.routers.private import label_of
from agora.schemas.private import AddressLabel, ItemView, SavedSearchLookup, SavedSearchView
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


@flaw(
    "address-by-id",
    checks=("AUTH-16",),
    sentence="GET /addresses/{address_id} shows the postal address of anybody.",
    variant="path id",
)
def address_by_id(bench: Workbench) -> None:
    """Open the reading of addresses."""
    bench.open_objects(Address, Action.READ)


@flaw(
    "report-by-id",
    checks=("AUTH-16",),
    sentence="GET /reports/{report_id} shows the complaint of anybody.",
    variant="path id",
)
def report_by_id(bench: Workbench) -> None:
    """Open the reading of reports."""
    bench.open_objects(Report, Action.READ)


@flaw(
    "item-under-own-collection",
    checks=("AUTH-16",),
    sentence="An item of a foreign collection is shown under the path of one's own collection.",
    variant="own parent, foreign child",
)
def item_under_own_collection(bench: Workbench) -> None:
    """Replace ``GET /collections/{collection_id}/items/{item_id}``."""

    def read_item(collection_id: uuid.UUID, item_id: uuid.UUID, records: Own) -> ItemView:
        records.get(Collection, Action.READ, collection_id)
        item = records.db.get(CollectionItem, item_id)
        if item is None:
            raise not_found()
        return ItemView.model_validate(item)

    bench.replace("read_item", read_item)


@flaw(
    "lookup-by-body-ids",
    checks=("AUTH-16",),
    sentence="POST /saved-searches/lookup returns every search whose id is in the body.",
    variant="ids in the body",
)
def lookup_by_body_ids(bench: Workbench) -> None:
    """Replace ``POST /saved-searches/lookup``."""

    def look_up_saved_searches(body: SavedSearchLookup, records: Own) -> list[SavedSearchView]:
        query = select(SavedSearch).where(SavedSearch.id.in_(body.ids))
        return [SavedSearchView.model_validate(row) for row in records.db.scalars(query)]

    bench.replace("look_up_saved_searches", look_up_saved_searches)


@flaw(
    "label-by-query-id",
    checks=("AUTH-16",),
    sentence="GET /address-label prints any address whose id is in the query.",
    variant="id in the query",
)
def label_by_query_id(bench: Workbench) -> None:
    """Replace ``GET /address-label``."""

    def print_address_label(address_id: uuid.UUID, records: Own) -> AddressLabel:
        found = records.db.get(Address, address_id)
        if found is None:
            raise not_found()
        return label_of(found)

    bench.replace("print_address_label", print_address_label)


@flaw(
    "upload-content-by-id",
    checks=("AUTH-16",),
    sentence="The content of a private file is served to every member, though its description is not.",
    variant="path id of a sub-resource",
)
def upload_content_by_id(bench: Workbench) -> None:
    """Replace ``GET /uploads/{upload_id}/content``."""

    def download_upload(upload_id: uuid.UUID, records: Own) -> Response:
        found = records.db.get(Upload, upload_id)
        if found is None:
            raise not_found()
        return Response(found.content, media_type=found.content_type)

    bench.replace("download_upload", download_upload)
