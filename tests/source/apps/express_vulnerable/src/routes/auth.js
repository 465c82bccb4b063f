const { Router } = require("express");
const User = require("../models/user");

const router = Router();

router.post("/signup", async (req, res) => {
  const user = await User.create(req.body);
  res.status(201).json(user);
});

router.post("/login", async (req, res) => {
  const { email, password } = req.body;
  const user = await User.findOne({ email, password });
  res.json({ token: user && user.id });
});

module.exports = router;
