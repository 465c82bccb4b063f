const { Router } = require("express");
const Listing = require("../models/listing");
const { requireAuth } = require("../middleware/auth");
const validate = require("../validation/validate");
const { listing } = require("../validation/schemas");
const wrap = require("../middleware/wrap");

const router = Router();

router.get(
  "/:id",
  wrap(async (req, res) => {
    res.json(await Listing.findById(req.params.id));
  }),
);

router.use(requireAuth);

router.post(
  "/",
  validate(listing),
  wrap(async (req, res) => {
    res.status(201).json(await Listing.create({ ...req.body, seller: req.user.id }));
  }),
);

router.delete(
  "/:id",
  wrap(async (req, res) => {
    const gone = await Listing.findOneAndDelete({ _id: req.params.id, seller: req.user.id });
    res.sendStatus(gone ? 204 : 404);
  }),
);

module.exports = router;
