const { Router } = require("express");
const Listing = require("../models/listing");
const { requireAuth } = require("../middleware/auth");

const router = Router();

router.get("/:id", async (req, res) => {
  res.json(await Listing.findById(req.params.id));
});

router.post("/", requireAuth, async (req, res) => {
  res.status(201).json(await Listing.create(req.body));
});

router.delete("/:id", requireAuth, async (req, res) => {
  await Listing.findByIdAndDelete(req.params.id);
  res.sendStatus(204);
});

module.exports = router;
