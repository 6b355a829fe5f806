// After a failed submit the summary of its errors is the first thing to read.

document.getElementById("errors")?.focus();
