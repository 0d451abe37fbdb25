#pragma once

// Placeholder so that the folder builds; the encoded Value goes here.
