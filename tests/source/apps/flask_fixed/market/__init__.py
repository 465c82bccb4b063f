from flask import Flask

from market.models import db


def create_app(config="market.config"):
    app = Flask(__name__)
    app.config.from_object(config)
    db.init_app(app)
    register_blueprints(app)
    return app


def register_blueprints(app):
    from market.accounts import accounts
    from market.listings import listings
    from market.staff import staff

    app.register_blueprint(accounts)
    app.register_blueprint(listings, url_prefix="/listings")
    app.register_blueprint(staff)
