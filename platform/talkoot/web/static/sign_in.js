// The letter's square opens this page with the code after "#", a part of the address that browsers
// never send. Put it into the field, and out of the address, so that no history keeps it.

const field = document.getElementById("code");
const given = decodeURIComponent(location.hash.slice(1));

if (given && field.value === "") {
  field.value = given;
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("#sign-in button").focus();
}
