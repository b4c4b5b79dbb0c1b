package com.example;

/**
 * An event: a connection has been garbage collected.
 *
 * @param id its number
 */
record ConnectionLost(long id) {
}
