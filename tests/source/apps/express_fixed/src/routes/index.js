const { Router } = require("express");

const router = Router();
const mounted = [
  { path: "/auth", route: require("./auth") },
  { path: "/listings", route: require("./listings") },
  { path: "/staff", route: require("./staff") },
];
mounted.forEach(({ path, route }) => router.use(path, route));

module.exports = router;
