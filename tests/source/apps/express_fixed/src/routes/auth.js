const { Router } = require("express");
const User = require("../models/user");
const validate = require("../validation/validate");
const { signUp } = require("../validation/schemas");
const wrap = require("../middleware/wrap");

const router = Router();

router.post(
  "/signup",
  validate(signUp),
  wrap(async (req, res) => {
    const user = await User.create({ email: req.body.email, password: req.body.password, role: "member" });
    res.status(201).json({ id: user.id });
  }),
);

router.post(
  "/login",
  validate(signUp),
  wrap(async (req, res) => {
    const token = await User.signIn(req.body.email, req.body.password);
    res.json({ token });
  }),
);

module.exports = router;
