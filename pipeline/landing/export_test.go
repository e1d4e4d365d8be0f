package landing

// InUse is tried by its errors: a test that runs as an administrator is denied nothing.
var InUse = inUse
