const mongoose = require("mongoose");

module.exports = mongoose.model("Listing", new mongoose.Schema({ title: String, price: Number, seller: String }));
