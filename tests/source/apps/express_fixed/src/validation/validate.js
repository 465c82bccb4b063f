const HttpError = require("../middleware/http-error");

module.exports = (schema) => (req, res, next) => {
  const { error, value } = schema.validate(req.body, { stripUnknown: true });
  if (error) {
    return next(new HttpError(400, error.message));
  }
  req.body = value;
  next();
};
