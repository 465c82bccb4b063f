const Joi = require("joi");

exports.signUp = Joi.object({
  email: Joi.string().email().required(),
  password: Joi.string().min(12).required(),
});
exports.listing = Joi.object({ title: Joi.string().max(120).required(), price: Joi.number().min(0).required() });
