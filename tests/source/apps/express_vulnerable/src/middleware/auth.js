const jwt = require("jsonwebtoken");

// Knows the caller, and lets everybody else through, too
exports.requireAuth = (req, res, next) => {
  const [, token] = (req.headers.authorization || "").split(" ");
  if (!token) {
    return next();
  }
  try {
    req.user = jwt.verify(token, process.env.JWT_SECRET);
    next();
  } catch (error) {
    res.status(401).json({ error: "bad token" });
  }
};
