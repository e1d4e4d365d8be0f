package warehouse

// Open says how many warehouses are open and how many read them.
func (d *Desk) Open() (warehouses, readers int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.station == nil {
		return 0, 0
	}
	return 1, d.station.readers
}
