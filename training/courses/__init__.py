"""Courses: modules and their sections, the body map, published editions, and where each person is reading."""
