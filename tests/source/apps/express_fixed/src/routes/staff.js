const { Router } = require("express");
const User = require("../models/user");
const { requireAuth, requireRole } = require("../middleware/auth");
const wrap = require("../middleware/wrap");

const router = Router();
router.use(requireAuth, requireRole("admin"));

router.get(
  "/members",
  wrap(async (req, res) => {
    res.json(await User.find().select("email role"));
  }),
);

module.exports = router;
