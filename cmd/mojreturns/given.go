package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mojreturns/pipeline/workspace"
)

// group makes a command that only holds others name the one that was meant.
func (a *app) group(c *cobra.Command) {
	c.SuggestionsMinimumDistance = 2
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return a.unknown(c, args[0])
		case c.HasParent():
			return usage("say what to do; `%s --help` lists it", c.CommandPath())
		}
		return c.Help()
	}
}

// unknown is what is said of a command that is none, with those that are like it.
func (a *app) unknown(c *cobra.Command, word string) error {
	var like []string
	for _, name := range c.SuggestionsFor(word) {
		like = append(like, fmt.Sprintf("%q", strings.TrimPrefix(c.CommandPath()+" "+name, "mojreturns ")))
	}
	for _, other := range c.Root().Commands() {
		for _, sub := range other.Commands() {
			if sub.Name() == word {
				like = append(like, fmt.Sprintf("%q", other.Name()+" "+word))
			}
		}
	}
	hint := ""
	if len(like) > 0 {
		hint = " did you mean " + strings.Join(like, " or ") + "?"
	}
	path := strings.TrimPrefix(c.CommandPath()+" "+word, "mojreturns ")
	return usage("there is no command %q;%s `%s --help` lists them", path, hint, c.CommandPath())
}

// flagError says what is wrong with a flag; of a command that is none, that it is.
func (a *app) flagError(c *cobra.Command, err error) error {
	if args := c.Flags().Args(); c.HasSubCommands() && len(args) > 0 {
		return a.unknown(c, args[0])
	}
	return usage("%v; `%s --help` lists the flags", err, c.CommandPath())
}

// helpCommand is cobra's, but that it says so when there is no such command.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about any command",
		Example: "  mojreturns help return draft",
		RunE: func(c *cobra.Command, args []string) error {
			of, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return a.unknown(of, append(rest, "")[0])
			}
			return of.Help()
		},
	}
}

// checkGiven refuses what was given without saying anything: it would be taken for
// not given at all, and answer another question than was asked.
func checkGiven(c *cobra.Command, args []string) (err error) {
	for i, arg := range args {
		if strings.TrimSpace(arg) == "" {
			return usage("argument %d is blank; give it a value, or leave it out", i+1)
		}
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		if err == nil {
			err = checkFlag(f)
		}
	})
	if err != nil {
		return err
	}
	name := strings.TrimPrefix(c.CommandPath(), "mojreturns ")
	return errors.Join(doesNotGoWith(c, slices.Contains(timeless, name), name+", which looks at nothing received", "as-at"),
		doesNotGoWith(c, slices.Contains(placeless, name), name, "workspace"))
}

// timeless are the commands whose answer does not depend on what had been received,
// placeless those of them that need no workspace.
var (
	timeless  = append([]string{"template", "catalogue", "provider suggest", "return lint", "return adopt", "return comments", "pseudonymise"}, placeless...)
	placeless = []string{"init", "synth", "return key"}
)

func checkFlag(f *pflag.Flag) error {
	blank := func(text string) bool { return strings.TrimSpace(text) == "" }
	switch v := f.Value.(type) {
	case pflag.SliceValue:
		list := v.GetSlice()
		for _, one := range list {
			if blank(one) {
				list = nil
			}
		}
		if len(list) == 0 {
			return usage("--%s is given without a value; give it one, or leave it out", f.Name)
		}
	default:
		if blank(f.Value.String()) {
			return usage("--%s is given without a value; give it one, or leave it out", f.Name)
		}
		if kind := f.Value.Type(); (kind == "int" || kind == "duration") && strings.HasPrefix(f.Value.String(), "-") {
			return usage("--%s is %s; it cannot be negative", f.Name, f.Value)
		}
	}
	return nil
}

// goesWith refuses flags of a command that do nothing without another.
func goesWith(c *cobra.Command, given bool, other string, flags ...string) error {
	for _, name := range flags {
		if !given && c.Flags().Changed(name) {
			return usage("--%s goes with %s and does nothing without it", name, other)
		}
	}
	return nil
}

// needs refuses a command that asks for half of something.
func needs(c *cobra.Command, given bool, other, flag string) error {
	if given && !c.Flags().Changed(flag) {
		return usage("%s needs --%s", other, flag)
	}
	return nil
}

// doesNotGoWith refuses flags of a command that do nothing beside another.
func doesNotGoWith(c *cobra.Command, given bool, other string, flags ...string) error {
	for _, name := range flags {
		if given && c.Flags().Changed(name) {
			return usage("--%s does nothing with %s; leave it out", name, other)
		}
	}
	return nil
}

// knows refuses names that the configuration does not have: their answer would be
// an empty one.
func knows(ws *workspace.Workspace, asked workspace.Asked) error {
	if err := ws.Knows(asked); err != nil {
		return usageError{err}
	}
	return nil
}

// atLeast refuses a flag below what makes sense.
func atLeast[T int | time.Duration](flag string, value, least T) error {
	if value < least {
		return usage("--%s is %v; it must be at least %v", flag, value, least)
	}
	return nil
}
