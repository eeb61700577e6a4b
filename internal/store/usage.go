package store

import (
	"context"
	"database/sql"
	"errors"

	"mynah/internal/record"
)

// formatMonth returns the month of now, as in the table usage.
func (s *Store) formatMonth() string { return s.now().UTC().Format("2006-01") }

// Spend adds characters that an engine speaks for a tenant in this month; n may be negative. If they would be more than
// budget, which is 0 for no limit, nothing is added and the error is record.ErrBudget.
func (s *Store) Spend(ctx context.Context, tenant, engine string, n, budget int64) error {
	var sum int64
	err := s.writer.QueryRowContext(ctx, `INSERT INTO usage (tenant, engine, month, characters)
		SELECT ?1, ?2, ?3, max(?4, 0) WHERE ?5 = 0 OR ?4 <= ?5
		ON CONFLICT DO UPDATE SET characters = max(characters + ?4, 0) WHERE ?5 = 0 OR ?4 <= 0 OR characters + ?4 <= ?5
		RETURNING characters`, tenant, engine, s.formatMonth(), n, budget).Scan(&sum)
	if errors.Is(err, sql.ErrNoRows) {
		return record.ErrBudget
	}
	return err
}

// ReadUsage returns the characters that engines spoke for a tenant in this month, by engine, and the month.
func (s *Store) ReadUsage(ctx context.Context, tenant string) (month string, characters map[string]int64, err error) {
	month, characters = s.formatMonth(), map[string]int64{}
	rows, err := s.reader.QueryContext(ctx, "SELECT engine, characters FROM usage WHERE tenant = ? AND month = ?", tenant, month)
	if err != nil {
		return month, nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var engine string
		var n int64
		if err := rows.Scan(&engine, &n); err != nil {
			return month, nil, err
		}
		characters[engine] = n
	}
	return month, characters, rows.Err()
}

// CountTenantBuilds returns the number of a tenant's builds in each state.
func (s *Store) CountTenantBuilds(ctx context.Context, tenant string) (map[record.State]int, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT state, count(*) FROM builds WHERE tenant = ? GROUP BY state", tenant)
	if err != nil {
		return nil, err
	}
	return readCounts(rows)
}
