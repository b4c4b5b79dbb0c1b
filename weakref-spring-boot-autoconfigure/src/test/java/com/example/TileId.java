package com.example;

/**
 * Names a tile.
 *
 * @param column counted from the left
 * @param row counted from the top
 */
record TileId(int column, int row) {
}
