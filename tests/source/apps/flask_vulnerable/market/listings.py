from flask import Blueprint, jsonify, request
from flask_login import login_required

from market.models import Listing, db

listings = Blueprint("listings", __name__)


@listings.get("/")
def index():
    return jsonify([])


@login_required
@listings.post("/")
def create():
    db.session.add(Listing(**request.json))
    db.session.commit()
    return {}, 201


@listings.delete("/<int:listing_id>")
@login_required
def delete(listing_id):
    listing = Listing.query.get_or_404(listing_id)
    db.session.delete(listing)
    db.session.commit()
    return "", 204
