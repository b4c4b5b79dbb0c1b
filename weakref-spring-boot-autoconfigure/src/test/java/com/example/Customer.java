package com.example;

/**
 * A customer.
 *
 * @param id names the customer
 */
record Customer(String id) {
}
