#pragma once
/* The product's version: the Makefile says it. */
#ifndef HELPER_VERSION
#define HELPER_VERSION "0"
#endif
