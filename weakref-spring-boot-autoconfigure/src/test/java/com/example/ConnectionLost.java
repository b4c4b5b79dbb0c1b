package com.example;

/**
 * An event: nobody holds a connection any longer.
 *
 * @param id its number
 */
record ConnectionLost(long id) {
}
