"""The ground floor: plain values and rules that know nothing of databases, pages or deals."""
