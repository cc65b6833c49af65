// n8n finds the nodes through the "n8n" block of package.json; this file only gives "main" a target.
module.exports = {};
