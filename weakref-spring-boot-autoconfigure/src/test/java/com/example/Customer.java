package com.example;

import java.io.Serializable;

/**
 * A customer.
 *
 * @param id names the customer
 */
record Customer(String id) implements Serializable {
}
