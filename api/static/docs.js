/* Starts Swagger UI on this service's own OpenAPI description. */
"use strict";

const place = document.getElementById("api");

SwaggerUIBundle({
  domNode: place,
  url: place.dataset.descriptionUrl,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  // Its default sends the description to somebody else's validator and shows their badge.
  validatorUrl: null,
  // No description but our own, whatever the address says.
  queryConfigEnabled: false,
  // So many that nobody reads them at once: the subjects first, each opened by a click.
  docExpansion: "none",
  deepLinking: true,
  tryItOutEnabled: true,
  // What somebody signed in with is forgotten with the page.
  persistAuthorization: false,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
});
