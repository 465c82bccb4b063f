from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import login_user

from market.forms import LoginForm
from market.models import User, db

accounts = Blueprint("accounts", __name__, url_prefix="/accounts")


@accounts.route("/login", methods=["GET", "POST"])
def login():
    form = LoginForm()
    if form.validate_on_submit():
        user = User.query.filter_by(email=form.email.data).first()
        login_user(user)
        return redirect(url_for("listings.index"))
    return render_template("login.html", form=form)


@accounts.post("/signup")
def sign_up():
    data = request.get_json()
    db.session.add(User(email=data["email"]))
    db.session.commit()
    return {}, 201
