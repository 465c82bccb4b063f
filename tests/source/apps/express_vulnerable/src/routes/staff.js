const { Router } = require("express");
const User = require("../models/user");

const router = Router();

router.get("/members", async (req, res) => {
  res.json(await User.find());
});

module.exports = router;
