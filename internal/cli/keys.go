package cli

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mynah/internal/auth"
	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/store"
)

func (a *app) newKeysCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Creates, lists and revokes API keys of a server",
		Long:  "Creates, lists and revokes API keys of a server, which may be running.",
	}
	cmd.PersistentFlags().StringVar(&data, "data", house.DefaultServeConfig().Data, "the server's data folder")
	with := func(do func(cmd *cobra.Command, s *store.Store, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			s, err := house.OpenRecords(cmd.Context(), data, store.Config{})
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }()
			return do(cmd, s, args)
		}
	}
	var asJSON bool
	var tenant string
	create := &cobra.Command{
		Use: "create [NAME]", Short: "Creates a key and shows it once", Args: withUsageErrors(cobra.MaximumNArgs(1)),
		Long: `Creates a key and shows it once. A key belongs to a tenant: builds, uploads and caches of a tenant
are seen by its keys alone. NAME is shown by "mynah keys list".`,
		Example: `  mynah keys create "the docs team" --data /var/lib/mynah
  mynah keys create website --tenant marketing --data /var/lib/mynah`,
		PreRunE: func(*cobra.Command, []string) error {
			if err := auth.CheckTenant(tenant); err != nil {
				return usageError{fmt.Errorf("--%w", err)}
			}
			return nil
		},
		RunE: with(func(cmd *cobra.Command, s *store.Store, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			shown, k := auth.NewKey(name, time.Now())
			k.Tenant = tenant
			if err := s.AddKey(cmd.Context(), k); err != nil {
				return fault.New(fault.Disk, err, "the key cannot be stored")
			}
			fmt.Fprintln(a.Out, shown)
			fmt.Fprintln(a.Err, "mynah: store this key safely; it is not shown again")
			return nil
		}),
	}
	create.Flags().StringVar(&tenant, "tenant", auth.DefaultTenant, "tenant of the key: letters, digits and hyphens")
	list := &cobra.Command{
		Use: "list", Short: "Lists the keys", Args: withUsageErrors(cobra.NoArgs),
		RunE: with(func(cmd *cobra.Command, s *store.Store, _ []string) error { return a.printKeys(cmd, s, asJSON) }),
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print the keys as JSON")
	revoke := &cobra.Command{
		Use: "revoke ID", Short: "Revokes a key", Args: withUsageErrors(cobra.ExactArgs(1)),
		RunE: with(func(cmd *cobra.Command, s *store.Store, args []string) error {
			err := s.RevokeKey(cmd.Context(), args[0], time.Now())
			if errors.Is(err, auth.ErrUnknown) {
				return fault.New(fault.Usage, nil, "no valid key has the id %q", args[0]).
					WithHint("run mynah keys list to see the ids")
			}
			if err != nil {
				return fault.New(fault.Disk, err, "the key cannot be revoked")
			}
			fmt.Fprintf(a.Out, "%s is revoked\n", args[0])
			return nil
		}),
	}
	cmd.AddCommand(create, list, revoke)
	return cmd
}

func (a *app) printKeys(cmd *cobra.Command, s *store.Store, asJSON bool) error {
	keys, err := s.Keys(cmd.Context())
	if err != nil {
		return fault.New(fault.Disk, err, "the keys cannot be read")
	}
	type line struct {
		ID      string     `json:"id"`
		Tenant  string     `json:"tenant"`
		Name    string     `json:"name"`
		Created time.Time  `json:"created"`
		LastUse *time.Time `json:"lastUse,omitempty"`
		Revoked *time.Time `json:"revoked,omitempty"`
	}
	out := []line{}
	for _, k := range keys {
		l := line{ID: k.ID, Tenant: k.Tenant, Name: k.Name, Created: k.Created}
		if !k.LastUse.IsZero() {
			l.LastUse = &k.LastUse
		}
		if !k.Revoked.IsZero() {
			l.Revoked = &k.Revoked
		}
		out = append(out, l)
	}
	if asJSON {
		return a.printJSON(out)
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	when := func(t *time.Time, none string) string {
		if t == nil {
			return none
		}
		return t.Local().Format(time.DateTime)
	}
	for _, l := range out {
		state := "valid"
		if l.Revoked != nil {
			state = "revoked " + when(l.Revoked, "")
		}
		fmt.Fprintf(w, "%s\t%s\tcreated %s\ttenant %s\tused %s\t%s\n",
			l.ID, l.Name, when(&l.Created, ""), l.Tenant, when(l.LastUse, "never"), state)
	}
	return w.Flush()
}
