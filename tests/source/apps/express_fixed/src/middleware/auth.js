const jwt = require("jsonwebtoken");
const HttpError = require("./http-error");

exports.requireAuth = (req, res, next) => {
  const [, token] = (req.headers.authorization || "").split(" ");
  try {
    req.user = jwt.verify(token, process.env.JWT_SECRET);
    next();
  } catch (error) {
    next(new HttpError(401, "not signed in"));
  }
};

exports.requireRole =
  (...roles) =>
  (req, res, next) => {
    if (!roles.includes(req.user.role)) {
      return next(new HttpError(403, "not allowed"));
    }
    next();
  };
