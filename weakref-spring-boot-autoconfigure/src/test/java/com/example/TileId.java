package com.example;

/**
 * Identifies a tile.
 *
 * @param column counted from the left
 * @param row counted from the top
 */
record TileId(int column, int row) {
}
