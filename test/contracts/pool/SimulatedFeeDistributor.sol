// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StakingPool} from "../../../contracts/pool/StakingPool.sol";

/// @dev Counts what the pool tells it.
contract SimulatedFeeDistributor {
    uint256 public told;

    function onFees(uint256 seatShares) external {
        told += seatShares;
    }

    function burn(StakingPool pool, uint256 shares) external {
        pool.burnFees(shares);
    }
}
