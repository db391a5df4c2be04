// Verifies a log with golang.org/x/mod/sumdb (note, tlog), which knows nothing of this house: the signed checkpoint, that a
// leaf stands in it, that it continues an older one, and that the tiles lead to its root. One JSON object on standard
// input; prints "ok", or what failed with exit code 1.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type given struct {
	Key        string            `json:"key"`
	Checkpoint string            `json:"checkpoint"`
	Entry      []byte            `json:"entry"`
	Index      int64             `json:"index"`
	Inclusion  [][]byte          `json:"inclusion"`
	OldSize    int64             `json:"old_size"`
	OldRoot    []byte            `json:"old_root"`
	Growth     [][]byte          `json:"growth"`
	Tiles      map[string][]byte `json:"tiles"`
}

type tiles map[string][]byte

func (held tiles) Height() int { return 8 }

func (held tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (held tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, one := range wanted {
		data, ok := held[fmt.Sprintf("%d/%d", one.L, one.N)]
		if !ok || len(data) < one.W*tlog.HashSize {
			return nil, fmt.Errorf("no tile %s", one.Path())
		}
		found = append(found, data[:one.W*tlog.HashSize])
	}
	return found, nil
}

func hash(raw []byte) (made tlog.Hash) {
	copy(made[:], raw)
	return made
}

func hashes(raw [][]byte) (made []tlog.Hash) {
	for _, one := range raw {
		made = append(made, hash(one))
	}
	return made
}

func check(asked given) error {
	verifier, err := note.NewVerifier(asked.Key)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(asked.Checkpoint), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(asked.Entry)
	if err := tlog.CheckRecord(hashes(asked.Inclusion), size, root, asked.Index, leaf); err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	if err := tlog.CheckTree(hashes(asked.Growth), size, root, asked.OldSize, hash(asked.OldRoot)); err != nil {
		return fmt.Errorf("growth: %w", err)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles(asked.Tiles))
	proof, err := tlog.ProveRecord(size, asked.Index, reader)
	if err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	if err := tlog.CheckRecord(proof, size, root, asked.Index, leaf); err != nil {
		return fmt.Errorf("proof from tiles: %w", err)
	}
	return nil
}

func main() {
	var asked given
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if err := check(asked); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}
