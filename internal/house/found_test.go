package house

import "testing"

// TestFoundAddressesGetNoKey checks that the user's API key is not sent to an address from a
// settings file that came with a project.
func TestFoundAddressesGetNoKey(t *testing.T) {
	t.Parallel()
	const file = "engines:\n  openai: {url: \"http://127.0.0.1:9/v1\"}\n"
	getenv := func(name string) string {
		return map[string]string{"OPENAI_API_KEY": "usual", "MY_KEY": "mine"}[name]
	}
	for _, c := range []struct {
		found bool
		env   []string
		key   string
	}{
		{false, nil, "usual"},
		{true, nil, ""},
		{true, []string{"MYNAH_ENGINES_OPENAI_KEY_ENV=MY_KEY"}, "mine"},
		{true, []string{"MYNAH_ENGINES_OPENAI_URL=http://127.0.0.1:10/v1"}, "usual"},
	} {
		s := NewVoiceSettings()
		s.AddFile("mynah.yaml", []byte(file), c.found)
		s.AddEnvironment(c.env)
		cfg, err := s.ParseEngines(getenv)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range cfg.Engines {
			if e.Name == "openai" && e.key.RevealKey() != c.key {
				t.Errorf("file of the project: %t, variables %v: the key is %q, want %q", c.found, c.env, e.key.RevealKey(), c.key)
			}
		}
	}
}
