// Tells the account which time zone the browser is in.

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
for (const field of document.querySelectorAll("[data-browser-zone]")) field.value = timeZone ?? "";
