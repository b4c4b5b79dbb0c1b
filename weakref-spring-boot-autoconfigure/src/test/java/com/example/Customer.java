package com.example;

import java.io.Serializable;

/**
 * A customer.
 *
 * @param id identifies the customer
 */
record Customer(String id) implements Serializable {
}
